/**
 * The program of a launcher, in Perl: it starts one command after another, each in a session of its own, out of a process so small that a
 * fork costs a tenth of what it costs a worker. Arguments: the number of the system call setsid. On stdin: a line with its mark, then
 * commands, each a line with its length in bytes and so many bytes (folder, number of words, words, names and values of variables, with
 * NUL between them); length 0 asks for the mark. On fd 3: `pid <id>`, then `end <wait status> <1: nothing of it is left>`;
 * `fail` when the folder is missing or no process can be had.
 *
 * Nothing of a command is left when no process with a younger id lives that can be its descendant: those have a parent that is younger
 * than the command too, or lost theirs and were given to a process above this one. Ids go up, so that only those given out since are looked at;
 * when they began again at the end, or the command took long, it is not known. Ids given out during the look are looked at as well.
 * Then the mark ends the output at once, otherwise when it is asked for.
 */
export const PROGRAM = String.raw`
my ($setsid) = @ARGV;
open(my $null, '<', '/dev/null') or exit 1;
open(my $said, '>&=', 3) or exit 1;
chomp(my $mark = <STDIN>);
my %above = (1 => 1);
for (my $id = getppid; $id > 1 && !$above{$id}; $id = (stat_of($id))[1] || 1) { $above{$id} = 1 }

sub read_text {
  open(my $file, '<', $_[0]) or return '';
  sysread($file, my $text, 1024);
  return $text;
}

sub stat_of { return read_text("/proc/$_[0]/stat") =~ /.*\) (\S) (\d+)/s }

sub is_alone {
  my ($first) = @_;
  my $seen = $first;
  for (1 .. 5) {
    my ($newest) = read_text('/proc/loadavg') =~ /(\d+)\s*$/;
    return 0 if !$newest || $newest < $seen || $newest - $first > 300;
    return 1 if $newest == $seen;
    for my $id ($seen + 1 .. $newest) {
      my ($state, $parent) = stat_of($id) or next;
      next if $state eq 'Z' || $state eq 'X';
      return 0 if $parent == $first || $above{$parent};
    }
    $seen = $newest;
  }
  return 0;
}

sub write_mark { syswrite($_, "\0$mark\0") for (*STDOUT, *STDERR) }

while (defined(my $length = <STDIN>)) {
  if ($length == 0) { write_mark(); next }
  read(STDIN, my $told, $length);
  my ($folder, $count, @rest) = split(/\0/, $told, -1);
  my @words = splice(@rest, 0, $count);
  my $began = time;
  my $pid = fork;
  if (!defined $pid) { syswrite($said, "fail\n"); next }
  if ($pid == 0) {
    syscall($setsid + 0);
    if (!chdir($folder)) { syswrite($said, "fail\n"); exit 1 }
    open(STDIN, '<&', $null);
    syswrite($said, "pid $$\n");
    %ENV = @rest;
    exec { $words[0] } @words;
    my $missing = $! == 2;
    syswrite(STDERR, "sh: $words[0]: " . ($missing ? 'not found' : $!) . "\n");
    exit($missing ? 127 : 126);
  }
  waitpid($pid, 0);
  my $status = $?;
  my $alone = time - $began < 2 && is_alone($pid) ? 1 : 0;
  syswrite($said, "end $status $alone\n");
  write_mark() if $alone;
}
`;

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plainCommand } from './plain-command';

describe('a command that needs no bash', () => {
  it.each<[string, string[] | null]>([
    ['python3 train.py --epochs=3 data/x.csv', ['python3', 'train.py', '--epochs=3', 'data/x.csv']],
    ['  ls  -l\t/tmp \n', ['ls', '-l', '/tmp']],
    ['true', ['/bin/sh', '-e', '-c', 'true']],
    ['exit 99', ['/bin/sh', '-e', '-c', 'exit 99']],
    // these mean more than their words
    ['A=1 env', null],
    ['ls *.csv', null],
    ['ls ~', null],
    ['ls --to=~', null],
    ['ls {a,b}', null],
    ['ls $HOME', null],
    ['ls "a b"', null],
    ["ls 'a'", null],
    ['ls a\\ b', null],
    ['ls > x', null],
    ['ls | wc', null],
    ['ls & wait', null],
    ['ls; ls', null],
    ['ls\nls', null],
    ['ls\r', null],
    ['ls # all', null],
    ['ls `id`', null],
    ['ls (a)', null],
    ['ls a?', null],
    ['ls [a]', null],
    ['ls !', null],
    ['! ls', null],
    ['-ls', null],
    ['%1', null],
    ['', null],
    // a file that names no interpreter is a script for bash
    ['./run.sh', null],
    ['/opt/run', null],
    // bash does these itself, or reads them as more than a name
    ['echo x', null],
    ['kill 1', null],
    ['cd /', null],
    ['source x', null],
    ['time ls', null],
    ['exec ls', null],
    ['true x', null],
    ['exit 256', null],
    ['exit -1', null],
    ['ls ümlaut', null],
  ])('%j → %j', (command, expected) => expect(plainCommand(command)).toEqual(expected));

  it.runIf(existsSync('/bin/bash'))('is none of what bash does itself', () => {
    const own = execFileSync('/bin/bash', ['-c', 'compgen -bk'], { encoding: 'utf8' }).trim().split('\n');
    expect(own.filter((word) => plainCommand(`${word} x`) !== null)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { draftSpecSchema, type DraftSpec } from '@/lib/pipeline/index';
import { chosenTasks, drawnSelection, fold, foldedIn, foldPlaces, framesOf, groupsOf, makeGroup, movedTasks, renameGroup, setFolded, ungroup } from './groups';
import { edgeId } from './spec-to-flow';

/** a → b → d, a → c → d, d → e; b and c are the group "Middle". */
const spec: DraftSpec = draftSpecSchema.parse({
  tasks: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, kind: 'empty', config: {}, ...(id === 'b' || id === 'c' ? { group: 'Middle' } : {}) })),
  edges: [['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd'], ['d', 'e']].map(([from, to]) => ({ from, to })),
  settings: { groups: { Middle: { deadlines: [] } } },
  layout: { groups: { Middle: { folded: true } }, nodes: { a: { x: 0, y: 0 }, b: { x: 0, y: 80 }, c: { x: 320, y: 80 }, d: { x: 0, y: 160 }, e: { x: 0, y: 240 } } },
});
const places = new Map(Object.entries(spec.layout.nodes!));
const view = fold(spec, foldedIn(spec));

describe('a folded group', () => {
  it('is one node, and the edges of its tasks end there, each once', () => {
    expect(view.spec.tasks.map((task) => task.id)).toEqual(['a', 'group:Middle', 'd', 'e']);
    expect(view.spec.edges.map(edgeId)).toEqual(['a→group:Middle', 'group:Middle→d', 'd→e']);
  });

  it('hides the edges inside it', () => {
    const inner = fold({ ...spec, edges: [...spec.edges, { from: 'b', to: 'c' }] }, new Set(['Middle']));
    expect(inner.spec.edges.map(edgeId)).toEqual(['a→group:Middle', 'group:Middle→d', 'd→e']);
  });

  it('is order only where every edge behind it is drawn so', () => {
    const ordered = fold({ ...spec, edges: [{ from: 'a', to: 'b', data: false }] }, new Set(['Middle']));
    expect(ordered.spec.edges).toEqual([{ from: 'a', to: 'group:Middle', data: false }]);
  });

  it('stands in the middle of its tasks', () => expect(foldPlaces(view, places).get('group:Middle')).toEqual({ x: 160, y: 80 }));

  it('takes its tasks along when it is moved', () => {
    const moved = movedTasks(view, foldPlaces(view, places), places, new Map([['group:Middle', { x: 168, y: 96 }], ['a', { x: 8, y: 0 }]]));
    expect(Object.fromEntries(moved)).toEqual({ b: { x: 8, y: 96 }, c: { x: 328, y: 96 }, a: { x: 8, y: 0 } });
  });

  it('is lit when one of its tasks is chosen, and chooses all of them', () => {
    expect(drawnSelection(view, { nodes: ['b', 'a'], edge: null })).toEqual({ nodes: ['group:Middle', 'a'], edge: null });
    expect(chosenTasks(view, { nodes: ['group:Middle', 'a'], edge: null })).toEqual({ nodes: ['b', 'c', 'a'], edge: null });
    expect(chosenTasks(view, { nodes: [], edge: 'd→e' })).toEqual({ nodes: [], edge: 'd→e' });
    expect(chosenTasks(view, { nodes: [], edge: 'a→group:Middle' })).toEqual({ nodes: [], edge: null });
  });

  it('is the spec itself, the same object, when nothing is folded', () => {
    expect(fold(spec, new Set()).spec).toBe(spec);
    expect(foldPlaces(fold(spec, new Set()), places)).toBe(places);
  });

  it('is framed when it is unfolded', () => {
    expect(framesOf(spec, places, new Set(['Middle']))).toEqual([]);
    expect(framesOf(spec, places, new Set())).toEqual([{ name: 'Middle', x: -12, y: 58, width: 320 + 220 + 24, height: 56 + 12 + 22 }]);
  });
});

describe('groups', () => {
  it('are folded by the layout, unless the person looking did otherwise', () => {
    expect([...foldedIn(spec)]).toEqual(['Middle']);
    expect([...foldedIn(spec, new Map([['Middle', false]]))]).toEqual([]);
    const unfolded = setFolded(spec, 'Middle', false);
    expect([...foldedIn(unfolded)]).toEqual([]);
    expect({ ...unfolded, layout: null }).toEqual({ ...spec, layout: null });
  });

  it('are made of tasks under a name that is free; one that is left empty is forgotten', () => {
    const { spec: made, name } = makeGroup({ ...spec, tasks: spec.tasks.map((task) => (task.id === 'e' ? { ...task, group: 'Group 2' } : task)) }, ['a', 'b', 'c']);
    expect(name).toBe('Group 3');
    expect(Object.fromEntries(groupsOf(made))).toEqual({ 'Group 3': ['a', 'b', 'c'], 'Group 2': ['e'] });
    expect([made.settings.groups, made.layout.groups]).toEqual([{}, {}]);
  });

  it('keep their deadlines and their folding under another name', () => {
    const renamed = renameGroup(spec, 'Middle', 'Both');
    expect(Object.fromEntries(groupsOf(renamed))).toEqual({ Both: ['b', 'c'] });
    expect([renamed.settings.groups, renamed.layout.groups]).toEqual([{ Both: { deadlines: [] } }, { Both: { folded: true } }]);
  });

  it('are taken apart', () => {
    const apart = ungroup(spec, 'Middle');
    expect(groupsOf(apart).size).toBe(0);
    expect(apart.tasks.some((task) => 'group' in task)).toBe(false);
  });
});

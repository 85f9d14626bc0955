export { Editor, type EditorProps } from './editor';
export { PipelineGraph, type TaskMark } from './pipeline-graph';
export { changesOf, listChanges, type Change } from './changes';
export { ChangeList } from './header/change-list';
export { writeSpec, type SpecFormat } from './spec-text';

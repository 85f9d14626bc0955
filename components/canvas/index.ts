export { PipelineGraph, type TaskMark } from './pipeline-graph';

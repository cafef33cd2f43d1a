import { expect, it } from 'vitest';
import { app, choreography, flow } from './choreographies.spec.support.ts';
import { dot } from './dot.ts';
import { mermaid } from './mermaid.ts';

const small = choreography(
  app('shop', { produces: 'a.placed', flows: [flow('a.placed', 'a.sent')] }),
  app('worker', { steps: { pick: 'do.pick > a.sent', plan: 'a.placed > do.pick' } }),
);

it('draws apps, steps, events and commands as a Mermaid flowchart', () => {
  expect(mermaid(small)).toEqual([
    'flowchart LR',
    '  subgraph a1["shop"]',
    '    s1["(sends)"]',
    '  end',
    '  subgraph a2["worker"]',
    '    s2["pick"]',
    '    s3["plan"]',
    '  end',
    '  m1(["a.placed.v1"])',
    '  m2(["a.sent.v1"])',
    '  m3{{"do.pick.v1"}}',
    '  s1 --> m1',
    '  m3 --> s2',
    '  s2 --> m2',
    '  m1 --> s3',
    '  s3 --> m3',
    '  classDef flow stroke-width:4px',
    '  class m1,m2 flow',
  ]);
});

it('draws the same for Graphviz', () => {
  expect(dot(small)).toEqual([
    'digraph choreography {',
    '  rankdir=LR;',
    '  subgraph cluster_1 {',
    '    label="shop";',
    '    s1 [label="(sends)", shape=box];',
    '  }',
    '  subgraph cluster_2 {',
    '    label="worker";',
    '    s2 [label="pick", shape=box];',
    '    s3 [label="plan", shape=box];',
    '  }',
    '  m1 [label="a.placed.v1", shape=ellipse, style=bold];',
    '  m2 [label="a.sent.v1", shape=ellipse, style=bold];',
    '  m3 [label="do.pick.v1", shape=hexagon];',
    '  s1 -> m1;',
    '  m3 -> s2;',
    '  s2 -> m2;',
    '  m1 -> s3;',
    '  s3 -> m3;',
    '}',
  ]);
});

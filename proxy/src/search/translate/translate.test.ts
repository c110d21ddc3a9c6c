import { describe, expect, it } from '@jest/globals';
import { parseSearch } from '../language/parse.ts';
import { durationText, literal } from './literals.ts';
import { toLogql } from './to-logql.ts';
import { toPromql } from './to-promql.ts';
import { toTraceql } from './to-traceql.ts';

const LABELS = ['service_name', 'app'];

const AB = 'ab'.padStart(32, '0');

describe('toLogql', () => {
  it.each([
    ['', ['{tenant_id!=""}']],
    ['card -health', ['{tenant_id!=""} |~ "(?i)card" !~ "(?i)health"']],
    ['service:a b.c', ['{service_name="a"} |~ "(?i)b\\\\.c"']],
    ['service:a* -service:ab', ['{service_name=~"a.*", service_name!="ab"}']],
    ['k8s.pod.name:x', ['{tenant_id!=""} | k8s_pod_name="x"']],
    ['resource.host.name:x -pod:y*', ['{tenant_id!=""} | host_name="x" | pod!~"y.*"']],
    ['took:>1500ms status:>=500', ['{tenant_id!=""} | took > 1500ms | status >= 500 | __error__=""']],
    [
      'trace:ab',
      [
        `{tenant_id!=""} | regexp "(?P<trace_id_in_line>${AB})" | trace_id="${AB}" or trace_id_in_line="${AB}" | drop trace_id_in_line`,
      ],
    ],
    ['-trace:ab', [`{tenant_id!=""} != "${AB}" | trace_id!="${AB}"`]],
    ['-name:x a', ['{tenant_id!=""} |~ "(?i)a"']],
  ])('translates %j', (text, branches) => {
    expect(toLogql(parseSearch(text), ['service_name'])).toEqual({ branches });
  });

  it('asks for a service under each of its names, none of them twice', () => {
    expect(toLogql(parseSearch('service:a'), LABELS)).toEqual({
      branches: ['{service_name!="", service_name="a"}', '{service_name="", app!="", app="a"}'],
    });
    expect(toLogql(parseSearch('-service:a'), LABELS)).toEqual({
      branches: [
        '{service_name!="", service_name!="a"}',
        '{service_name="", app!="", app!="a"}',
        '{service_name="", app=""}',
      ],
    });
  });

  it.each(['duration:>1s', 'name:x'])('says why %j has no answer there', (text) => {
    expect(toLogql(parseSearch(text), LABELS)).toEqual({ inapplicable: expect.any(String) });
  });
});

describe('toTraceql', () => {
  it.each([
    ['', '{}'],
    [
      'service:a name:b* duration:>1500ms',
      '{ resource.service.name = "a" && name =~ "b.*" && duration > 1500ms }',
    ],
    ['level:error', '{ status = error }'],
    ['level:>=warn -level:fatal', '{ status = error }'],
    ['http.status_code:500', '{ (.http.status_code = 500 || .http.status_code = "500") }'],
    ['-span.cached:true', '{ (span.cached != true || span.cached != "true") }'],
    ['foo-bar:x', '{ ."foo-bar" = "x" }'],
    ['trace:ab', '{ trace:id =~ "^0*ab$" }'],
    ['-trace:ab', '{ trace:id !~ "^0*ab$" }'],
    [`trace:0a${'1'.repeat(30)}`, `{ trace:id = "a${'1'.repeat(30)}" }`],
    ['span:ab', `{ span:id = "${'ab'.padStart(16, '0')}" }`],
    [
      '-a',
      '{ (name !~ "(?is).*a.*" && statusMessage !~ "(?is).*a.*" && resource.service.name !~ "(?is).*a.*") }',
    ],
  ])('translates %j', (text, branch) => {
    expect(toTraceql(parseSearch(text), ['service.name'])).toEqual({ branches: [branch] });
  });

  it('says why a level that no span has finds nothing', () => {
    expect(toTraceql(parseSearch('level:info'), ['service.name'])).toEqual({
      inapplicable: expect.any(String),
    });
  });
});

describe('toPromql', () => {
  it.each([
    ['', ['{}']],
    [
      'http',
      [
        '{__name__=~"(?is).*http.*"}',
        '{service_name=~"(?is).*http.*"}',
        '{service_name="",app=~"(?is).*http.*"}',
      ],
    ],
    [
      'service:a http -bucket',
      [
        '{__name__=~"(?is).*http.*",service_name!="",service_name="a",__name__!~"(?is).*bucket.*"}',
        '{__name__=~"(?is).*http.*",service_name="",app!="",app="a",__name__!~"(?is).*bucket.*"}',
      ],
    ],
    ['name:up host.name:x', ['{__name__="up",host_name="x"}']],
  ])('translates %j', (text, branches) => {
    expect(toPromql(parseSearch(text), LABELS)).toEqual({ branches });
  });

  it.each(['level:error', 'trace:ab', 'span:ab', 'duration:>1s', 'a:>1'])('has no answer to %j', (text) => {
    expect(toPromql(parseSearch(text), LABELS)).toEqual({ inapplicable: expect.any(String) });
  });
});

describe('literal', () => {
  it('refuses what it cannot write', () => {
    expect(() => literal('a\nb')).toThrow();
    expect(() => literal('\ud800', 'escaped')).toThrow();
    expect(literal('a\n\u007f"\\', 'escaped')).toBe('"a\\u000a\\u007f\\"\\\\"');
  });
});

describe('durationText', () => {
  it.each([
    [1, '1ns'],
    [1_500_000, '1500us'],
    [500e6, '500ms'],
    [90e9, '90s'],
    [7_200e9, '2h'],
  ])('writes %d ns as %s', (nanos, text) => expect(durationText(nanos)).toBe(text));
});

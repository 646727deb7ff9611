interface Loose { any: any; unknown: unknown; object: object; empty: {}; void?: void; readonly: boolean; type?: "type"; get: 1; string: string }

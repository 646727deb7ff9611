interface All { full: Full; made: Made<Base>; either: Either; twice?: Twice }
type Full = Base & { meta: { tags: string[] } };
type Made<T> = T & { meta: { by: string } };
type Either = Base & { meta?: { a: 1 } | { b: 1 } };
type Twice = { in: { deep: Meta } } & { in: { deep: { more?: null } } };
interface Base { meta: Meta }
type Meta = { id: string };

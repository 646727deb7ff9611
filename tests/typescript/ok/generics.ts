export type Answer = Result<Page<User>, Problem>;
type Result<T, E = string> = { ok: true; value: T } | { ok: false; error: E };
interface Page<T extends object, Meta = { total: number }> { items: T[]; next?: Page<T>; meta: Meta }
interface User { id: Id<"user">; friends: ReadonlyArray<User> }
type Id<Kind extends string> = `${Kind}-1` | `${Kind}-2`;
type Problem = Result<null>;

interface Base { id: string; note?: string }
interface Stamped<T> { at: T }
type Named = { name: string };
/** Both, with a note that is needed. */
export interface Both extends Base, Stamped<Date>, Named { note: string; own: 1 }

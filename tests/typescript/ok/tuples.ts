// root: Row
type Row = [id: number, name: string, ...marks: Mark[]];
type Mark = readonly [number, boolean?] | [] | [...Two, ...Rest];
type Two = ["a", "b"]
type Rest = Array<null>

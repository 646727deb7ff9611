export interface Tree { value: number | string; left?: Tree; right?: Tree; forest: Forest }
type Forest = { [name: string]: Tree } | Json;
type Json = Json[] | null;

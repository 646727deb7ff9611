/** How it is going. */
export declare const enum Level { Low, Mid = 5, High, /* none */ None = -1 }
export enum Colour { Red = "red", 'dark blue' = "navy", Green = `green` }
enum Mixed { No = 0, Yes = "YES" }
interface All { level: Level; colour?: Colour; only: Colour.Red | Level.High; mixed: Mixed[] }

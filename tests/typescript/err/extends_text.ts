type T = string
interface A extends T {}

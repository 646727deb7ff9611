interface A { b: Bee }
interface Bea { c: 1 }

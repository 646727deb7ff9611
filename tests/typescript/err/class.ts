export class A { a = 1 }

type A = B["a"]
interface B { a: 1 }

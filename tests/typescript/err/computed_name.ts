type A = { [Symbol.iterator]: 1 }

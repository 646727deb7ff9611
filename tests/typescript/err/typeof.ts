type A = typeof x

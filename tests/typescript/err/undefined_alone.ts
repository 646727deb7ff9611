type A = undefined

type A = (x: `a${string}b`) => 1

type A = (string | undefined)[]

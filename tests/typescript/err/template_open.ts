type A = `abc${string}

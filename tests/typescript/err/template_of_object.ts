type A = `a${{ b: 1 }}`

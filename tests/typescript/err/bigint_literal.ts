type A = 12n

declare namespace N { type A = 1 }

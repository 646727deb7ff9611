type A<T> = T[]; type B = A

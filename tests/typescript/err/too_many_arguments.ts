type A<T> = T; type B = A<1, 2>

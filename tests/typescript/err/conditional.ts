type A<T> = T extends string ? 1 : 2;

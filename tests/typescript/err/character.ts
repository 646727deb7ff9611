type A = §

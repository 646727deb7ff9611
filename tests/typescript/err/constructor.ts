type A = new () => object

interface A { a: NonNullable<Maybe>; b: NonNullable<Two>; c: NonNullable<Plain>; d: NonNullable<Or<number>> }
type Maybe = string | null;
type Two = Maybe | 1;
type Plain = "x";
type Or<T> = T | null | undefined;

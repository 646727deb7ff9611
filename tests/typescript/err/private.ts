interface A { #a: 1 }

/** @minimum one */ type A = number

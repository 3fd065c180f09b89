/** Numbers from 0 to below 1 that depend on the seed alone (a linear congruential generator, mixed by xorshift and multiply). */
export function createRandom(seed: number): () => number {
  let state = Math.imul(seed | 0, 2_654_435_761) ^ 0x5b_d1_e9_95;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    let mixed = state ^ (state >>> 15);
    mixed = Math.imul(mixed, 2_246_822_519);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 3_266_489_917);
    mixed ^= mixed >>> 16;
    return (mixed >>> 0) / 4_294_967_296;
  };
}

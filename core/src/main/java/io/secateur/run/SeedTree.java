package io.secateur.run;

import io.secateur.text.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * All randomness of a run, grown from one number. Each consumer names its branch, so that adding a
 * consumer changes no other's numbers, and the order in which they ask does not matter.
 *
 * <p>A branch's seed is the first eight bytes of SHA-256(parent seed ‖ name), big-endian, applied
 * part by part: {@code tree.child("a").seed("b")} equals {@code tree.seed("a", "b")}. The same on
 * every machine and Java version.
 *
 * @param root the number that the user gives with {@code --seed}
 */
public record SeedTree(long root) {

  /** Seed of the branch at {@code path}; the root itself for an empty path. */
  public long seed(String... path) {
    long seed = root;
    for (String part : path) {
      seed = branch(seed, part);
    }
    return seed;
  }

  /** The tree that grows from the branch at {@code path}. */
  public SeedTree child(String... path) {
    return new SeedTree(seed(path));
  }

  /**
   * A fresh generator for the branch at {@code path}; two calls give two generators of equal
   * numbers.
   */
  public RandomGenerator random(String... path) {
    return new SplittableRandom(seed(path));
  }

  private static long branch(long parent, String name) {
    MessageDigest digest = Hash.sha256();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, parent));
    return ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8))).getLong();
  }
}

package io.secateur.format;

import io.secateur.nn.Network;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.text.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * SHA-256 of what computes, to the bit: one file may hold several networks, and a list of layers
 * beside a file may say what its weights mean.
 */
public final class NetworkHash {
  private NetworkHash() {}

  /** Of layers, preprocessing and weights, in lower-case hexadecimal. */
  public static String of(Network network) {
    MessageDigest digest = Hash.sha256();
    text(digest, network.architecture().nodes().toString());
    text(digest, network.preprocessing().toString());
    feed(digest, network.weights());
    return Hash.hex(digest);
  }

  /** Of names, types, shapes and values, in lower-case hexadecimal. */
  public static String of(Weights weights) {
    MessageDigest digest = Hash.sha256();
    feed(digest, weights);
    return Hash.hex(digest);
  }

  private static void feed(MessageDigest digest, Weights weights) {
    weights
        .asMap()
        .forEach(
            (name, tensor) -> {
              text(digest, name + "\n" + tensor);
              digest.update(bits(tensor));
            });
  }

  private static void text(MessageDigest digest, String text) {
    digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuffer bits(WeightTensor tensor) {
    boolean floating = tensor.type().floating();
    ByteBuffer bytes = ByteBuffer.allocate(tensor.size() * (floating ? 4 : 8));
    if (floating) {
      bytes.asFloatBuffer().put(tensor.floats());
    } else {
      bytes.asLongBuffer().put(tensor.integers());
    }
    return bytes;
  }
}

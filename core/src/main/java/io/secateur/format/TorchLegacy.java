package io.secateur.format;

import io.secateur.format.PickleValue.Big;
import io.secateur.format.PickleValue.Mapping;
import io.secateur.format.PickleValue.Sequence;
import io.secateur.format.PickleValue.Text;
import io.secateur.format.PickleValue.Truth;
import io.secateur.format.PickleValue.Whole;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The layout of PyTorch before 1.6: five pickles in a row (a magic number, the protocol 1001, the
 * system, the content, the storages' keys), then for each key a 64-bit element count and the
 * elements.
 *
 * <p>Source: {@code _legacy_save} and {@code _legacy_load} in {@code torch/serialization.py}.
 */
final class TorchLegacy implements TorchArchive {
  private static final PickleValue MAGIC = new Big(new BigInteger("1950a86a20f9469cfc6c", 16));
  private static final PickleValue PROTOCOL = new Whole(1001);

  private final PickleInput in;
  private final PickleReader.Content content;
  private final Set<String> keys;

  private TorchLegacy(PickleInput in, PickleReader.Content content, Set<String> keys) {
    this.in = in;
    this.content = content;
    this.keys = keys;
  }

  /** Reads all but the storages, which follow at {@code in}. */
  static TorchLegacy open(PickleInput in) throws IOException {
    if (!MAGIC.equals(PickleReader.read(in))) {
      throw new Malformed("is a Python pickle, but not one of torch.save");
    }
    PickleValue protocol = PickleReader.read(in);
    if (!PROTOCOL.equals(protocol)) {
      throw new Malformed("is of another version of torch.save's old format than 1001");
    }
    if (PickleReader.read(in) instanceof Mapping system
        && system.entries().get("little_endian") instanceof Truth little
        && !little.value()) {
      throw new Malformed("was written on a big-endian machine, which is not read");
    }
    PickleReader.Content content = PickleReader.readContent(in);
    return new TorchLegacy(in, content, keys(PickleReader.read(in)));
  }

  private static Set<String> keys(PickleValue list) {
    Set<String> keys = new LinkedHashSet<>();
    if (list instanceof Sequence sequence) {
      for (PickleValue item : sequence.items) {
        if (!(item instanceof Text key) || !keys.add(key.value())) {
          throw new Malformed("lists a storage twice, or one that has no name");
        }
      }
      return keys;
    }
    throw new Malformed("has no list of storages after its pickle");
  }

  @Override
  public PickleValue root() {
    return content.value();
  }

  @Override
  public void storages(Set<TorchStorage> wanted, MemoryBudget budget, Visitor visitor)
      throws IOException {
    Set<String> wantedKeys = new HashSet<>();
    for (TorchStorage storage : wanted) {
      TorchStorage declared = content.storages().get(storage.key());
      if (declared == null
          || declared.type() != storage.type()
          || declared.count() != storage.count()) {
        throw new Malformed(
            "contradicts itself about the storage " + Malformed.quote(storage.key()));
      }
      wantedKeys.add(storage.key());
    }
    for (String key : keys) {
      TorchStorage storage = content.storages().get(key);
      if (storage == null) {
        throw new Malformed(
            "has data for the storage "
                + Malformed.quote(key)
                + ", which its pickle does not know");
      }
      try {
        requireSame(storage, in.littleEndian(8));
        if (wantedKeys.remove(key)) {
          budget.takeStorage(key, storage.bytes());
          visitor.storage(key, in.bytes(storage.bytes()));
        } else {
          in.skip(storage.bytes());
        }
      } catch (EOFException e) {
        throw new Malformed("ends in the middle of the storage " + Malformed.quote(key), e);
      }
    }
    for (String missing : wantedKeys) {
      throw new Malformed("has no data for the storage " + Malformed.quote(missing));
    }
  }

  private static void requireSame(TorchStorage storage, long count) {
    if (count != storage.count()) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "storage %s has %s values, its pickle claims %s",
              Malformed.quote(storage.key()),
              Malformed.count(count),
              Malformed.count(storage.count())));
    }
  }
}

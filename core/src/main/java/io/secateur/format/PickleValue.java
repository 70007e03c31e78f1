package io.secateur.format;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle can describe, as inert data. Containers may contain themselves; they compare by
 * identity, so that neither equality nor hashing ever walks into them.
 */
sealed interface PickleValue {
  /** Python's {@code None}. */
  enum None implements PickleValue {
    NONE
  }

  /** {@code True} or {@code False}. */
  record Truth(boolean value) implements PickleValue {}

  /** An integer of at most 64 bits. */
  record Whole(long value) implements PickleValue {}

  /** A longer integer. */
  record Big(BigInteger value) implements PickleValue {}

  /** A float. */
  record Real(double value) implements PickleValue {}

  /** A string. */
  record Text(String value) implements PickleValue {}

  /** A byte string. */
  final class Bytes implements PickleValue {
    final byte[] value;

    Bytes(byte[] value) {
      this.value = value;
    }
  }

  /** A tuple, list or set. */
  final class Sequence implements PickleValue {
    final List<PickleValue> items;

    Sequence(List<PickleValue> items) {
      this.items = items;
    }

    /** An empty one. */
    Sequence() {
      this(new ArrayList<>());
    }
  }

  /**
   * A dict in insertion order. Keys that can be compared stand as plain Java values, others as
   * themselves.
   */
  final class Mapping implements PickleValue {
    private final Map<Object, PickleValue> entries = new LinkedHashMap<>();

    void put(PickleValue key, PickleValue value) {
      entries.put(plain(key), value);
    }

    /** The entries; a key of type {@code String} was a string. */
    Map<Object, PickleValue> entries() {
      return entries;
    }

    /** Comparable keys keep a hash map fast even when a hostile file makes all hashes equal. */
    private static Object plain(PickleValue key) {
      if (key instanceof Text text) {
        return text.value();
      }
      if (key instanceof Whole whole) {
        return whole.value();
      }
      if (key instanceof Big big) {
        return big.value();
      }
      if (key instanceof Real real) {
        return real.value();
      }
      return key;
    }
  }

  /** The name of a Python class or function; only a name, and only of those that are allowed. */
  record Global(String module, String name) implements PickleValue {
    String fullName() {
      return module + "." + name;
    }
  }

  /** A reference to raw data kept outside the pickle. */
  final class Storage implements PickleValue {
    final TorchStorage reference;

    Storage(TorchStorage reference) {
      this.reference = reference;
    }
  }

  /** A tensor: a view of a storage whose numbers are not read yet. */
  final class Tensor implements PickleValue {
    final TensorView view;

    Tensor(TensorView view) {
      this.view = view;
    }
  }

  /** A NumPy element type such as {@code f8}; its byte order arrives later. */
  final class NumpyType implements PickleValue {
    final String code;
    boolean bigEndian;

    NumpyType(String code) {
      this.code = code;
    }
  }

  /**
   * An object of an allowed class whose content is dropped, such as the settings of a training run.
   */
  record Opaque(String className) implements PickleValue {}
}

package io.secateur.format;

import java.io.IOException;
import java.util.Set;

/** A PyTorch file: a pickle that refers to storages, and the storages. */
interface TorchArchive {
  /** Takes one storage. */
  interface Visitor {
    /** {@code data} are all bytes of the storage called {@code key}. */
    void storage(String key, byte[] data);
  }

  /** What the pickle describes. */
  PickleValue root();

  /**
   * Hands over the bytes of {@code wanted}, one storage at a time, in any order.
   *
   * @throws Malformed if one is missing or its length is not what the pickle says
   */
  void storages(Set<TorchStorage> wanted, MemoryBudget budget, Visitor visitor) throws IOException;
}

package io.secateur.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Changes to what a zip holds, with checksums that fit, and then to its own records. */
final class ZipMutations implements Mutation {
  private static final List<String> NAMES =
      List.of(
          "../x",
          "/etc/passwd",
          "a\\b",
          "C:/x",
          "",
          "/",
          "a/../../x",
          "x".repeat(70_000),
          "\u0000");
  private static final int BOMB = 40 << 20;

  private final Function<String, Mutation> inner;

  /** Changes entries as {@code inner} says for their names. */
  ZipMutations(Function<String, Mutation> inner) {
    this.inner = inner;
  }

  @Override
  public byte[] of(byte[] file, byte[] other, Draws draws) {
    List<FuzzZip.Entry> entries = entries(file);
    if (entries.isEmpty() || draws.once(12)) {
      return ByteMutations.of(file, other, draws);
    }
    if (!draws.once(5)) {
      edit(entries, entries(other), draws);
    }
    byte[] zip = FuzzZip.write(entries);
    if (draws.once(4)) {
      damageRecord(zip, draws);
    }
    return zip;
  }

  private static List<FuzzZip.Entry> entries(byte[] file) {
    List<FuzzZip.Entry> entries = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] data = zip.readNBytes(Mutation.LONGEST);
        entries.add(
            new FuzzZip.Entry(entry.getName(), data, entry.getMethod() == ZipEntry.DEFLATED));
      }
    } catch (IOException | IllegalArgumentException e) {
      // What could be read is enough.
    }
    return entries;
  }

  private void edit(List<FuzzZip.Entry> entries, List<FuzzZip.Entry> foreign, Draws draws) {
    int at = draws.below(entries.size());
    FuzzZip.Entry entry = entries.get(at);
    switch (draws.once(3) ? draws.below(8) : 8) {
      case 0 -> entries.remove(at);
      case 1 -> entries.add(draws.below(entries.size() + 1), entry);
      case 2 -> entries.set(at, entry.named(draws.of(NAMES)));
      case 3 -> entries.set(at, entry.named(draws.of(entries).name()));
      case 4 -> entries.add(draws.of(foreign.isEmpty() ? entries : foreign));
      case 5 -> {
        entries.remove(at);
        entries.add(draws.below(entries.size() + 1), entry);
      }
      case 6 -> entries.set(at, new FuzzZip.Entry(entry.name(), entry.data(), !entry.deflated()));
      case 7 -> {
        if (draws.once(200)) {
          entries.set(at, new FuzzZip.Entry(entry.name(), new byte[draws.below(BOMB)], true));
        }
      }
      default -> {
        byte[] from = draws.of(foreign.isEmpty() ? entries : foreign).data();
        byte[] changed = inner.apply(entry.name()).of(entry.data(), from, draws);
        entries.set(at, new FuzzZip.Entry(entry.name(), changed, entry.deflated()));
      }
    }
  }

  /** A number in a local header, in the directory or at its end. */
  private static void damageRecord(byte[] zip, Draws draws) {
    List<Integer> records = new ArrayList<>();
    for (int i = 0; i + 4 < zip.length; i++) {
      if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] < 8 && zip[i + 3] < 8) {
        records.add(i);
      }
    }
    if (!records.isEmpty()) {
      ByteMutations.number(zip, draws.of(records) + 4 + draws.below(42), draws);
    }
  }
}

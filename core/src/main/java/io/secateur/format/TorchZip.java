package io.secateur.format;

import io.secateur.text.Reason;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The layout of PyTorch since 1.6: a zip archive with {@code data.pkl}, {@code data/0}, {@code
 * data/1} and so on in one folder. Nothing is ever unpacked to the disk.
 *
 * <p>Source: {@code torch/serialization.py} and {@code caffe2/serialize/inline_container.cc}.
 */
final class TorchZip implements TorchArchive, AutoCloseable {
  private static final String PICKLE = "data.pkl";
  private static final int MOST_ENTRIES = 200_000;
  private static final int LONGEST_NOTE = 64;

  private final ZipFile zip;
  private final Map<String, ZipEntry> entries;
  private final String folder;
  private final PickleValue root;

  private TorchZip(ZipFile zip) throws IOException {
    this.zip = zip;
    this.entries = entries(zip);
    this.folder = folder(entries);
    if (entries.containsKey(folder + "constants.pkl")
        || entries.keySet().stream().anyMatch(this::isCode)) {
      throw new Malformed(
          "looks like a TorchScript program, which is not run; save model.state_dict() instead");
    }
    requireLittleEndian();
    byte[] pickle = read(PICKLE, PickleReader.MOST_BYTES);
    this.root = PickleReader.read(new PickleInput(new ByteArrayInputStream(pickle), pickle.length));
  }

  /** Opens {@code file} and reads all but the storages. */
  static TorchZip open(Path file) throws IOException {
    ZipFile zip = openZip(file);
    try {
      return new TorchZip(zip);
    } catch (Throwable e) {
      zip.close();
      throw e;
    }
  }

  /** The JDK's directory parser is careful, but what it throws for a broken one has varied. */
  private static ZipFile openZip(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Malformed("is a damaged zip archive: " + Reason.of(e), e);
    }
  }

  private static Map<String, ZipEntry> entries(ZipFile zip) {
    if (zip.size() > MOST_ENTRIES) {
      throw new Malformed(
          "is a zip archive of " + zip.size() + " entries, at most " + MOST_ENTRIES);
    }
    Map<String, ZipEntry> byName = new HashMap<>();
    try {
      zip.stream()
          .forEach(
              entry -> {
                requireInside(entry.getName());
                if (byName.put(entry.getName(), entry) != null) {
                  throw new Malformed(
                      "has two zip entries named " + Malformed.quote(entry.getName()));
                }
              });
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Malformed("is a damaged zip archive: " + Reason.of(e), e);
    }
    return byName;
  }

  private static void requireInside(String name) {
    boolean leaves = name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf(':') >= 0;
    for (String part : name.split("/", -1)) {
      leaves |= part.equals("..");
    }
    if (leaves) {
      throw new Malformed(
          "has the zip entry " + Malformed.quote(name) + ", a path out of the archive");
    }
  }

  private static String folder(Map<String, ZipEntry> entries) {
    String found = null;
    for (String name : entries.keySet()) {
      boolean pickle = name.equals(PICKLE) || name.endsWith("/" + PICKLE);
      if (pickle && name.indexOf('/') == name.lastIndexOf('/')) {
        if (found != null) {
          throw new Malformed("has several entries called " + PICKLE);
        }
        found = name.substring(0, name.length() - PICKLE.length());
      }
    }
    if (found == null) {
      throw new Malformed(
          "looks like a zip archive that torch.save did not write: it has no " + PICKLE);
    }
    return found;
  }

  private boolean isCode(String name) {
    return name.startsWith(folder + "code/");
  }

  private void requireLittleEndian() throws IOException {
    if (entries.containsKey(folder + "byteorder")) {
      String order = new String(read("byteorder", LONGEST_NOTE), StandardCharsets.US_ASCII).strip();
      if (!order.equals("little")) {
        throw new Malformed(
            "has the byte order " + Malformed.quote(order) + ", accepted is 'little'");
      }
    }
  }

  @Override
  public PickleValue root() {
    return root;
  }

  @Override
  public void storages(Set<TorchStorage> wanted, MemoryBudget budget, Visitor visitor)
      throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    for (TorchStorage storage : wanted) {
      Long other = sizes.put(storage.key(), storage.bytes());
      if (other != null && other != storage.bytes()) {
        throw new Malformed(
            "contradicts itself about the storage " + Malformed.quote(storage.key()));
      }
    }
    for (Map.Entry<String, Long> storage : sizes.entrySet()) {
      String key = storage.getKey();
      long claimed = storage.getValue();
      ZipEntry entry = entry("data/" + key);
      if (entry.getSize() != claimed) {
        throw new Malformed(
            String.format(
                Locale.ROOT,
                "storage %s has %s bytes, its pickle claims %s",
                Malformed.quote(key),
                Malformed.count(entry.getSize()),
                Malformed.count(claimed)));
      }
      budget.takeStorage(key, claimed);
      visitor.storage(key, read("data/" + key, Integer.MAX_VALUE - 16));
    }
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = entries.get(folder + name);
    if (entry == null) {
      throw new Malformed("has no zip entry " + Malformed.quote(name));
    }
    return entry;
  }

  /** One entry, at most {@code most} bytes, whose checksum is right. */
  private byte[] read(String name, long most) throws IOException {
    ZipEntry entry = entry(name);
    String who = "zip entry " + Malformed.quote(name);
    long size = entry.getSize();
    if (size < 0 || size > most) {
      throw new Malformed(
          who + " has " + Malformed.count(size) + " bytes, at most " + Malformed.count(most));
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] data = in.readNBytes((int) size);
      if (data.length < size || in.read() >= 0) {
        throw new Malformed(who + " is not as long as it claims");
      }
      CRC32 checksum = new CRC32();
      checksum.update(data);
      if (checksum.getValue() != entry.getCrc()) {
        throw new Malformed(who + " is damaged: its checksum is wrong");
      }
      return data;
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw new Malformed(who + " is damaged: " + Reason.of(e), e);
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}

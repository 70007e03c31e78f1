package io.secateur.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of one run. While the run is unfinished its sub-folder {@code state} holds what need
 * not be done twice and the {@code fingerprint.json} of what the run was asked to do: only the same
 * run may continue there. A lock keeps a second process out.
 */
public final class RunDirectory implements Checkpoints, AutoCloseable {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
  private static final String LOCK = ".lock";
  private static final String STATE = "state";
  private static final String FINGERPRINT = "fingerprint.json";

  /** How everything that a run remembers is written. */
  static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** What to do with a folder that is not empty. */
  public enum Existing {
    /** Go on with an unfinished run of the same fingerprint; refuse anything else. */
    RESUME,
    /** Forget an unfinished run of whatever fingerprint; refuse anything else. */
    RESTART,
    /** Forget whatever run there was; its results will be replaced. */
    OVERWRITE
  }

  private final Path root;
  private final FileChannel lockFile;
  private final boolean resumed;
  private final Map<String, MeasurementLog> logs = new HashMap<>();

  private RunDirectory(Path root, FileChannel lockFile, boolean resumed) {
    this.root = root;
    this.lockFile = lockFile;
    this.resumed = resumed;
  }

  /**
   * Opens {@code root}, made if it does not exist.
   *
   * @param fingerprint what identifies the run: settings, hashes of its inputs
   * @param existing what to do if the folder is not empty
   * @throws BadRunDirectory if it cannot be made or locked, or {@code existing} refuses what it
   *     holds; nothing in it is changed then, and a folder that was not there is not left
   * @throws UncheckedIOException if there is no room for it; the same holds
   */
  public static RunDirectory open(Path root, Map<String, String> fingerprint, Existing existing) {
    FileChannel lockFile = null;
    Path before = nearestFolder(root);
    try {
      makeFolder(root);
      boolean empty = isEmpty(root);
      lockFile = lock(root);
      boolean unfinished = unfinished(root);
      refuse(root, fingerprint, existing, empty, unfinished);
      boolean resumed = unfinished && existing == Existing.RESUME;
      if (!resumed) {
        begin(root.resolve(STATE), fingerprint);
      }
      return new RunDirectory(root, lockFile, resumed);
    } catch (IOException e) {
      boolean made = Files.isDirectory(root);
      unlock(root, lockFile);
      deleteEmpty(root, before);
      throw refusal(root, made, before, e);
    } catch (BadRunDirectory e) {
      unlock(root, lockFile);
      throw e;
    }
  }

  /** Whether {@code root} holds a run that was begun and has not ended. */
  public static boolean unfinished(Path root) {
    return Files.exists(root.resolve(STATE).resolve(FINGERPRINT));
  }

  /** A folder that none can write is another's choice; one for which there is no room is not. */
  private static RuntimeException refusal(Path root, boolean made, Path before, IOException e) {
    boolean noRoom = !(e instanceof AccessDeniedException) && (made || isFull(before));
    return noRoom
        ? new UncheckedIOException("cannot write " + root + ": " + AtomicFile.reason(e), e)
        : new BadRunDirectory(
            root + ": cannot be written (" + AtomicFile.reason(e) + "); expected a folder that can",
            e);
  }

  private static boolean isFull(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      return store.getUsableSpace() == 0 && store.getTotalSpace() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** {@code root}, be it a link to nothing, or the nearest folder above it that there is. */
  private static Path nearestFolder(Path root) {
    Path folder = root.toAbsolutePath().normalize();
    Path parent = folder.getParent();
    while (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && parent != null) {
      folder = parent;
      parent = folder.getParent();
    }
    return folder;
  }

  /** Deletes {@code root} and what is above it up to {@code before}, as far as it is empty. */
  private static void deleteEmpty(Path root, Path before) {
    Path folder = root.toAbsolutePath().normalize();
    try {
      while (folder != null && !folder.equals(before) && folder.startsWith(before)) {
        Files.deleteIfExists(folder);
        folder = folder.getParent();
      }
    } catch (IOException e) {
      // Another run has begun in it.
    }
  }

  /** An empty state of a new run, or none: half a state would bar the folder to the next try. */
  private static void begin(Path state, Map<String, String> fingerprint) throws IOException {
    delete(state);
    Files.createDirectory(state);
    byte[] text =
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new TreeMap<>(fingerprint));
    try {
      AtomicFile.write(state.resolve(FINGERPRINT), out -> out.write(text));
    } catch (IOException e) {
      delete(state);
      throw e;
    }
  }

  private static void makeFolder(Path root) throws IOException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new BadRunDirectory(root + ": is a file; expected a folder, or a name that is free");
    }
    Files.createDirectories(root);
  }

  private static boolean isEmpty(Path root) throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries.allMatch(entry -> entry.endsWith(LOCK));
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as for another one.
    }
    channel.close();
    throw new BadRunDirectory(
        root + ": another run is at work in it; expected to wait for its end, or another folder");
  }

  private static void refuse(
      Path root,
      Map<String, String> fingerprint,
      Existing existing,
      boolean empty,
      boolean unfinished) {
    if (empty || existing == Existing.OVERWRITE) {
      return;
    }
    if (!unfinished) {
      throw new BadRunDirectory(
          root
              + ": is not empty and holds no interrupted run; expected an empty or new folder, or --force");
    }
    if (existing == Existing.RESUME) {
      List<String> differences = differences(root, fingerprint);
      if (!differences.isEmpty()) {
        throw new BadRunDirectory(
            root
                + ": holds an interrupted run that was asked for something else ("
                + String.join("; ", differences)
                + "); expected the same again, another folder, or --no-resume to start over");
      }
    }
  }

  private static List<String> differences(Path root, Map<String, String> fingerprint) {
    Path file = root.resolve(STATE).resolve(FINGERPRINT);
    Map<String, String> stored = read(file, new TypeReference<Map<String, String>>() {});
    TreeMap<String, String> all = new TreeMap<>(stored);
    all.putAll(fingerprint);
    List<String> differences = new ArrayList<>();
    for (String key : all.keySet()) {
      String there = stored.getOrDefault(key, "absent");
      String here = fingerprint.getOrDefault(key, "absent");
      if (!there.equals(here)) {
        differences.add(key + " was " + there + ", is " + here);
      }
    }
    return differences;
  }

  private static <T> T read(Path file, TypeReference<T> type) {
    try {
      return JSON.readValue(Files.readAllBytes(file), type);
    } catch (IOException | JacksonException e) {
      throw damaged(file, e);
    }
  }

  static BadRunDirectory damaged(Path file, Exception e) {
    String cause = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
    return new BadRunDirectory(
        file + ": is damaged (" + cause + "); delete it to do that part again, or start over", e);
  }

  /** The folder itself. */
  public Path root() {
    return root;
  }

  /** Whether an interrupted run is being continued. */
  public boolean resumed() {
    return resumed;
  }

  /** Path of a result file in the folder. */
  public Path file(String name) {
    return root.resolve(name);
  }

  @Override
  public synchronized <T> T once(String key, Class<T> type, Supplier<T> compute) {
    Path file = state(key, ".json");
    if (Files.exists(file)) {
      try {
        return JSON.readValue(Files.readAllBytes(file), type);
      } catch (IOException | JacksonException e) {
        throw damaged(file, e);
      }
    }
    T result = compute.get();
    byte[] text = JSON.writeValueAsBytes(result);
    try {
      AtomicFile.write(file, out -> out.write(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return result;
  }

  @Override
  public synchronized double[] measured(String log, Supplier<double[]> measure) {
    MeasurementLog open = logs.get(log);
    if (open == null) {
      try {
        open = MeasurementLog.open(state(log, ".log"));
      } catch (IOException e) {
        throw new UncheckedIOException(root + ": " + e.getMessage(), e);
      }
      logs.put(log, open);
    }
    return open.next(measure);
  }

  @Override
  public synchronized Optional<byte[]> state(String key) {
    Path file = state(key, ".state");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(SealedState.open(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw damaged(file, e);
    }
  }

  @Override
  public boolean keepsStates() {
    return true;
  }

  @Override
  public synchronized void keep(String key, byte[] state) {
    try {
      AtomicFile.write(state(key, ".state"), out -> SealedState.write(state, out));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private Path state(String key, String suffix) {
    return root.resolve(STATE).resolve(checked(key) + suffix);
  }

  /** {@code key}, if it is one and hence a name of a file. */
  static String checked(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("'" + key + "' is no key: letters, digits, '.', '-', '_'");
    }
    return key;
  }

  /** The run is done: what it remembered for a resume is deleted. */
  public synchronized void finish() {
    try {
      closeLogs();
      delete(root.resolve(STATE));
    } catch (IOException e) {
      throw new UncheckedIOException(root + ": " + e.getMessage(), e);
    }
  }

  /**
   * Lets others into the folder; the state stays for a resume unless {@link #finish} was called.
   */
  @Override
  public synchronized void close() {
    try {
      closeLogs();
    } catch (IOException e) {
      throw new UncheckedIOException(root + ": " + e.getMessage(), e);
    } finally {
      unlock(root, lockFile);
    }
  }

  private void closeLogs() throws IOException {
    for (MeasurementLog log : logs.values()) {
      log.close();
    }
    logs.clear();
  }

  private static void unlock(Path root, @org.jspecify.annotations.Nullable FileChannel lockFile) {
    if (lockFile == null) {
      return;
    }
    try {
      Files.deleteIfExists(root.resolve(LOCK));
      lockFile.close();
    } catch (IOException e) {
      // The system lets go of the lock with the process at the latest.
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

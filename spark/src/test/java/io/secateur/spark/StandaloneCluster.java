package io.secateur.spark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A master and its workers, each a process of its own as on a real cluster. They have Spark's jars
 * and none of ours.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final Path HOME = Path.of(System.getenv().getOrDefault("SPARK_HOME", ""));
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final int port = freePort();
  private final Process master;
  private final List<Process> workers = new ArrayList<>();

  private StandaloneCluster(Path folder) throws IOException {
    this.folder = folder;
    this.master =
        daemon("master", "master.Master", "--port", String.valueOf(port), "--webui-port", "0");
  }

  /** A cluster of workers with one core each, once it takes work. */
  static StandaloneCluster of(int workers, Path folder) throws Exception {
    StandaloneCluster cluster = new StandaloneCluster(Files.createDirectories(folder));
    try {
      cluster.await("a master", cluster::isListening);
      for (int worker = 0; worker < workers; worker++) {
        cluster.workers.add(cluster.worker("worker-" + worker));
      }
      for (int worker = 0; worker < workers; worker++) {
        String log = "worker-" + worker;
        cluster.await(log, () -> cluster.log(log).contains("Successfully registered"));
      }
      return cluster;
    } catch (Exception e) {
      cluster.close();
      throw e;
    }
  }

  String address() {
    return "spark://" + LOOPBACK + ":" + port;
  }

  /** Kills a worker and its executors as a power cut would; returns how many executors it had. */
  int kill(int worker) {
    List<ProcessHandle> executors = workers.get(worker).descendants().toList();
    executors.forEach(ProcessHandle::destroyForcibly);
    workers.get(worker).destroyForcibly();
    return executors.size();
  }

  private Process worker(String name) throws IOException {
    return daemon(
        name,
        "worker.Worker",
        "--cores",
        "1",
        "--memory",
        "3g",
        "--work-dir",
        folder.resolve(name).toString(),
        "--webui-port",
        "0",
        address());
  }

  private Process daemon(String name, String type, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(HOME.resolve("jars") + File.separator + "*");
    command.add("org.apache.spark.deploy." + type);
    command.addAll(List.of("--host", LOOPBACK));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME",
                HOME.toString(),
                "SPARK_SCALA_VERSION",
                "2.13",
                "SPARK_LOCAL_DIRS",
                folder.toString()));
    return builder.start();
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private String log(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".log"));
  }

  /** What is waited for. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  private void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no " + what + " in " + PATIENCE);
      }
      Thread.sleep(100);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    List<Process> all = new ArrayList<>(workers);
    all.add(master);
    for (Process process : all) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    for (Process process : all) {
      process.waitFor(10, TimeUnit.SECONDS);
    }
  }
}

package io.secateur.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C, or a request of the system to end: the running command is told, gets some seconds to
 * reach the next safe point, where all it needs for a resume is on disk, and the process ends with
 * 130.
 */
final class Interruption {
  private static final int PATIENCE_SECONDS = 20;
  private static final AtomicBoolean REQUESTED = new AtomicBoolean();
  private static final CountDownLatch COMMAND_DONE = new CountDownLatch(1);

  private Interruption() {}

  /** Whether the command should stop at the next safe point. */
  static boolean requested() {
    return REQUESTED.get();
  }

  /** Runs until the process is asked to end. */
  static void install() {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(Interruption::interruptAndWait, "secateur-interruption"));
  }

  /** The command is over, however; its process may end. */
  static void commandDone() {
    COMMAND_DONE.countDown();
  }

  private static void interruptAndWait() {
    if (COMMAND_DONE.getCount() == 0) {
      return;
    }
    REQUESTED.set(true);
    try {
      if (!COMMAND_DONE.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("secateur: interrupted in the middle of a step");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.err.flush();
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
  }
}

package io.secateur.cli;

import io.secateur.fetch.ArchiveDownload;
import io.secateur.fetch.Download;
import io.secateur.fetch.DownloadRequest;
import io.secateur.fetch.Patience;
import io.secateur.fetch.RemoteArchive;
import io.secateur.report.ResultJson;
import io.secateur.run.Interrupted;
import io.secateur.run.Stopwatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code download}: fetches a public data set. */
@Command(
    name = "download",
    description = {"Fetches a public data set.", "Nothing is fetched unless you run it."},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "DATASET",
    subcommands = DownloadCommand.Cifar10Command.class)
final class DownloadCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Nothing to download given; expected cifar10.");
  }

  /** {@code download cifar10}: a folder that {@code cifar10:DIR} reads. */
  @Command(
      name = "cifar10",
      description = {
        "Fetches CIFAR-10 (170 MB), checks it and unpacks it: 'cifar10:DIR' then reads it.",
        "Nothing is fetched unless you run this command, nor if the data is there already. An"
            + " interrupted download goes on with the same command."
      },
      footer = {
        "",
        "Behind a proxy: SECATEUR_JAVA_OPTS='-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT'"
      },
      mixinStandardHelpOptions = true)
  static final class Cifar10Command implements Callable<Integer> {
    private final RemoteArchive archive;
    private final Patience patience;

    @Mixin private final CommonOptions common = new CommonOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = {"-o", "--out"},
        paramLabel = "DIR",
        defaultValue = "cifar10",
        description = "Folder for the data (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    @Option(
        names = "--from",
        paramLabel = "URL",
        description =
            "Where to fetch the archive from instead of www.cs.toronto.edu; its checksum must be"
                + " the same.")
    private @Nullable String from;

    Cifar10Command() {
      this(RemoteArchive.CIFAR10, Patience.STANDARD);
    }

    /** The same command for another archive. */
    Cifar10Command(RemoteArchive archive, Patience patience) {
      this.archive = archive;
      this.patience = patience;
    }

    /**
     * What {@code --json} prints.
     *
     * @param path the folder for {@code cifar10:DIR}
     * @param bytes of the archive
     * @param received bytes that came over the network; 0 if all was there already
     * @param seconds that the command took
     */
    record Result(
        int schemaVersion,
        String path,
        String url,
        String sha256,
        long bytes,
        long received,
        double seconds) {}

    @Override
    public Integer call() throws IOException {
      common.check();
      if (out.toString().isBlank()) {
        throw CommandFailure.usage("--out is empty; expected a folder");
      }
      DownloadRequest request = request();
      Stopwatch watch = Stopwatch.start();
      Download download;
      try {
        download = ArchiveDownload.of(request, common.progress(spec.commandLine().getErr()));
      } catch (Interrupted e) {
        throw new CommandFailure(
            ExitCode.INTERRUPTED, "interrupted; the same command goes on from here");
      }
      print(
          new Result(
              1,
              out.toString(),
              request.address().toString(),
              archive.sha256(),
              archive.bytes(),
              download.received(),
              watch.seconds()));
      return ExitCode.DONE;
    }

    private DownloadRequest request() {
      try {
        URI address = from == null ? archive.address() : URI.create(from);
        return new DownloadRequest(archive, address, out, patience);
      } catch (IllegalArgumentException e) {
        throw CommandFailure.usage(
            "--from is '" + from + "'; expected an http or https address of the archive");
      }
    }

    private void print(Result result) {
      PrintWriter standard = spec.commandLine().getOut();
      if (common.json()) {
        standard.println(ResultJson.of(result));
      } else {
        standard.printf(
            Locale.ROOT,
            "%s%ndata       cifar10:%s%nsha256     %s%n",
            result.received() == 0
                ? "already there; nothing was fetched"
                : String.format(
                    Locale.ROOT,
                    "fetched    %,d bytes in %s from %s",
                    result.received(),
                    LineProgress.duration(result.seconds()),
                    Shown.text(result.url())),
            Shown.text(result.path()),
            result.sha256());
      }
      standard.flush();
    }
  }
}

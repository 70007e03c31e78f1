package io.secateur.cli;

import io.secateur.bench.PlanReplay;
import io.secateur.report.ResultJson;
import java.io.PrintWriter;
import java.util.List;

/** What was done by a plan, on standard output. */
final class ReplayText {
  private ReplayText() {}

  static void print(PrintWriter text, PlanReplay.Result result, boolean json, boolean undo) {
    if (json) {
      text.println(ResultJson.of(result));
    } else {
      result.notes().forEach(note -> text.println(Shown.text(note)));
      if (!undo) {
        text.println("channels          " + result.pruned() + " pruned");
      }
      if (result.compact().isPresent()) {
        CompactText.print(
            text,
            result.compact().get(),
            result.parameters().orElseThrow(),
            result.macs().orElseThrow());
      }
      List<String> files = result.files();
      files.forEach(file -> text.println("written           " + Shown.text(file)));
    }
    text.flush();
  }
}

package io.secateur.experiment;

import io.secateur.report.ResultJson;
import java.io.IOException;
import java.util.List;

/** The tables of a benchmark as files. */
final class LeaderboardFiles {
  private LeaderboardFiles() {}

  static void write(Leaderboard board, List<CellResult> results, ResultFolder folder)
      throws IOException {
    folder.write("leaderboard.json", ResultJson.of(1, board) + "\n");
    folder.write("leaderboard.md", LeaderboardText.markdown(board));
    folder.write("leaderboard.csv", CellTable.csv(results));
    folder.write("leaderboard.html", LeaderboardPage.of(board));
  }
}

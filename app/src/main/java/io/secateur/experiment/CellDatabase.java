package io.secateur.experiment;

import io.secateur.report.ResultJson;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The results of a benchmark for questions in SQL: {@code raw} is all that is in the files, {@code
 * cells} a flat table of the figures that matter. The files stay as they are.
 */
public final class CellDatabase implements AutoCloseable {
  private static final String SHARE = "STRUCT(\"value\" DOUBLE, n BIGINT, successes BIGINT)";
  private static final String BEFORE_AFTER =
      "STRUCT(\"before\" " + SHARE + ", \"after\" " + SHARE + ")";

  private final Connection connection;

  private CellDatabase(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens the results in {@code folder} of the cells that there are to be: those of other plans and
   * versions may lie beside them.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static CellDatabase of(ResultFolder folder) {
    List<Path> results = folder.files();
    if (results.isEmpty()) {
      throw new IllegalArgumentException(folder.root() + " holds no result yet");
    }
    String files =
        results.stream().map(CellDatabase::literal).collect(Collectors.joining(", ", "[", "]"));
    try {
      CellDatabase database = new CellDatabase(DriverManager.getConnection("jdbc:duckdb:"));
      try {
        database.run("CREATE VIEW raw AS SELECT * FROM read_json_auto(" + files + ")");
        database.run("CREATE VIEW cells AS " + flat(files));
        return database;
      } catch (SQLException e) {
        database.close();
        throw e;
      }
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  /** A file's name in SQL, where brackets, stars and question marks would stand for others. */
  private static String literal(Path file) {
    String plain = file.toString().replaceAll("[\\[*?]", "[$0]");
    return "'" + plain.replace("'", "''") + "'";
  }

  private static String flat(String files) {
    return "SELECT c.id, c.model, c.attack, c.defence, c.cleanSize AS clean_size, c.seed,"
        + " r.cleanAccuracy.\"before\".\"value\" AS ca_before,"
        + " r.cleanAccuracy.\"after\".\"value\" AS ca_after,"
        + " r.trueAsr.\"before\".\"value\" AS asr_before,"
        + " r.trueAsr.\"after\".\"value\" AS asr_after,"
        + " r.recoveryAccuracy.\"before\".\"value\" AS ra_before,"
        + " r.recoveryAccuracy.\"after\".\"value\" AS ra_after,"
        + " r.stress.attack.\"after\".\"value\" AS retuned_synthetic_asr,"
        + " r.stress.controlAttack.\"after\".\"value\" AS retuned_control_asr,"
        + " r.stress.trueAsr.\"value\" AS retuned_asr, r.stress.sleeps AS sleeps,"
        + " r.verdict, r.channels.pruned AS channels_pruned, r.channels.total AS channels,"
        + " r.seconds.total"
        + CellResult.NOT_THE_REPAIR.stream()
            .map(stage -> " - coalesce(r.seconds.stages.\"" + stage + "\", 0)")
            .collect(Collectors.joining())
        + " AS seconds,"
        + " r.imageForwards AS image_forwards, c.threads"
        + " FROM (SELECT cell AS c, result AS r FROM read_json("
        + files
        + ", columns = {cell: 'STRUCT(id VARCHAR, model VARCHAR, attack VARCHAR, defence VARCHAR,"
        + " cleanSize INTEGER, seed BIGINT, threads INTEGER)', result: 'STRUCT(cleanAccuracy "
        + BEFORE_AFTER
        + ", trueAsr "
        + BEFORE_AFTER
        + ", recoveryAccuracy "
        + BEFORE_AFTER
        + ", stress STRUCT(attack "
        + BEFORE_AFTER
        + ", controlAttack "
        + BEFORE_AFTER
        + ", trueAsr "
        + SHARE
        + ", sleeps BOOLEAN), verdict VARCHAR, channels STRUCT(pruned INTEGER, total INTEGER),"
        + " seconds STRUCT(total DOUBLE, stages STRUCT("
        + CellResult.NOT_THE_REPAIR.stream()
            .map(stage -> "\"" + stage + "\" DOUBLE")
            .collect(Collectors.joining(", "))
        + ")), imageForwards BIGINT)'}))";
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * The answer as CSV with a line of names.
   *
   * @throws IllegalArgumentException if the query is refused, with the cause
   */
  public String csv(String sql) {
    List<Map<String, Object>> rows = new ArrayList<>();
    List<String> names = answer(sql, rows);
    StringBuilder text = new StringBuilder(line(names));
    for (Map<String, Object> row : rows) {
      text.append(
          line(names.stream().map(name -> String.valueOf(row.getOrDefault(name, ""))).toList()));
    }
    return text.toString();
  }

  /** The answer as a JSON array of objects; nulls are left out. */
  public String json(String sql) {
    List<Map<String, Object>> rows = new ArrayList<>();
    answer(sql, rows);
    return ResultJson.of(rows) + "\n";
  }

  private static String line(List<String> values) {
    return values.stream().map(CellTable::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  private List<String> answer(String sql, List<Map<String, Object>> rows) {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      ResultSetMetaData columns = found.getMetaData();
      List<String> names = new ArrayList<>();
      for (int column = 1; column <= columns.getColumnCount(); column++) {
        names.add(columns.getColumnLabel(column));
      }
      while (found.next()) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int column = 1; column <= names.size(); column++) {
          Object value = found.getObject(column);
          if (value != null) {
            row.put(names.get(column - 1), plain(value));
          }
        }
        rows.add(row);
      }
      return names;
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private static Object plain(Object value) {
    return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
  }

  private static IllegalArgumentException refused(SQLException e) {
    return new IllegalArgumentException(String.valueOf(e.getMessage()).strip(), e);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw refused(e);
    }
  }
}

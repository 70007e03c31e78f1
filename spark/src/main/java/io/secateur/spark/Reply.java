package io.secateur.spark;

import io.secateur.experiment.CellFailure;
import io.secateur.experiment.CellResult;
import io.secateur.report.ResultJson;
import java.util.Optional;

/**
 * What an executor answers, one of the two, sent as JSON: it needs no class of ours to be
 * serialised.
 *
 * @param result of the cell
 * @param failure of the cell itself; losing an executor is none
 */
record Reply(Optional<CellResult> result, Optional<CellFailure> failure) {
  static Reply done(CellResult result) {
    return new Reply(Optional.of(result), Optional.empty());
  }

  static Reply failed(CellFailure failure) {
    return new Reply(Optional.empty(), Optional.of(failure));
  }

  static Reply read(String json) {
    return ResultJson.read(json, Reply.class);
  }

  String json() {
    return ResultJson.of(this);
  }
}

package io.secateur.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.secateur.data.BadData;
import io.secateur.format.LoadedModel;
import io.secateur.format.NetworkHash;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.report.ResultJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code plan.json}: what was pruned, and of which file.
 *
 * @param schemaVersion raised when a key changes its meaning
 * @param model that the plan was made for
 * @param weightsTuned whether the repair changed other weights too, which no plan replays
 * @param channels that were pruned
 */
public record PlanFile(
    int schemaVersion, Model model, boolean weightsTuned, List<PrunedChannel> channels) {
  private static final int VERSION = 1;
  private static final int MAX_BYTES = 1 << 26;
  private static final String ACCEPTED = "the plan.json of a repair";

  /**
   * Which network.
   *
   * @param sha256 of the file, in lower-case hexadecimal
   * @param architecture its name
   * @param network {@link NetworkHash}, for a file may hold several; plans of earlier versions lack
   *     it
   */
  public record Model(
      @JsonProperty(required = true) String sha256,
      @JsonProperty(required = true) String architecture,
      Optional<String> network) {
    /** A plan of an earlier version lacks a value. */
    public Model {
      network = network == null ? Optional.empty() : network;
    }

    static Model of(LoadedModel model) {
      Network network = model.network();
      return new Model(
          model.sha256(), network.architecture().name(), Optional.of(NetworkHash.of(network)));
    }

    /** Whether it is {@code model}, as far as is known. */
    public boolean is(LoadedModel model) {
      return sha256.equals(model.sha256())
          && network.map(hash -> hash.equals(NetworkHash.of(model.network()))).orElse(true);
    }

    /** What {@code model} must be, where it is not. */
    public String expected(LoadedModel model) {
      return sha256.equals(model.sha256())
          ? "the same network of that file (--key, --arch and --preprocess as then)"
          : "the one with SHA-256 " + sha256;
    }
  }

  /** What a plan file must hold to be applied; whatever else it holds is passed over. */
  private record Document(
      @JsonProperty(required = true) int schemaVersion,
      @JsonProperty(required = true) Model model,
      @JsonProperty(required = true) boolean weightsTuned,
      @JsonProperty(required = true) List<Entry> channels) {}

  private record Entry(
      @JsonProperty(required = true) String layer, @JsonProperty(required = true) int index) {}

  /** Copies the channels. */
  public PlanFile {
    channels = List.copyOf(channels);
  }

  /** The plan that a repair of {@code model} followed, which made {@code repaired} of it. */
  static PlanFile of(LoadedModel model, PruningPlan plan, Network repaired) {
    return new PlanFile(
        VERSION,
        Model.of(model),
        !Surgery.apply(model.network(), plan).weights().equals(repaired.weights()),
        plan.channels());
  }

  /** The plan as the file holds it. */
  String json() {
    return ResultJson.of(this);
  }

  /** What is to be pruned. */
  public PruningPlan plan() {
    return new PruningPlan(channels);
  }

  /**
   * Reads a plan.
   *
   * @throws BadData naming file, line and cause if it is none, or one of another version
   */
  public static PlanFile read(Path file) {
    Document document = StrictJson.read(file, MAX_BYTES, Document.class, ACCEPTED);
    if (document.model() == null || document.channels() == null) {
      throw new BadData(file.toString(), "holds no model or no channels", ACCEPTED);
    }
    if (document.schemaVersion() != VERSION) {
      throw new BadData(
          file.toString(), "schemaVersion is " + document.schemaVersion(), String.valueOf(VERSION));
    }
    for (Entry entry : document.channels()) {
      if (entry == null || entry.layer() == null) {
        throw new BadData(file.toString(), "channels has an entry without layer", ACCEPTED);
      }
    }
    return new PlanFile(
        VERSION,
        document.model(),
        document.weightsTuned(),
        document.channels().stream()
            .map(entry -> new PrunedChannel(entry.layer(), entry.index(), 0, ""))
            .toList());
  }
}

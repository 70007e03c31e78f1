package io.secateur.bench;

import io.secateur.attack.Attack;
import io.secateur.data.ImageSet;
import io.secateur.format.ModelFile;
import io.secateur.nn.Architecture;
import io.secateur.nn.ElementType;
import io.secateur.nn.Preprocessing;
import io.secateur.run.RunDirectory;
import io.secateur.train.TrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link InfectRun} is asked to train.
 *
 * @param attack what is done to the training images
 * @param settings of the attack, by key, for the record
 * @param architecture of the network, which begins with random weights
 * @param preprocessing of its images
 * @param images to train on
 * @param watched images to measure on after each epoch, never trained on; empty for none
 * @param test images to measure on at the end; empty for none
 * @param training how to train
 * @param secondsBetweenStates how often the state is kept that a killed training goes on from
 * @param elements how numbers are stored: F32, F16 or BF16
 * @param layout kind of model file
 * @param out the model file; what belongs to it stands beside it
 * @param existing what to do with an interrupted run
 * @param arguments the command line, for the record
 * @param seed root of all randomness
 * @param product version of this program
 */
public record InfectRequest(
    Attack attack,
    Map<String, String> settings,
    Architecture architecture,
    Preprocessing preprocessing,
    ImageSet images,
    Optional<ImageSet> watched,
    Optional<ImageSet> test,
    TrainingSettings training,
    double secondsBetweenStates,
    ElementType elements,
    ModelFile.Layout layout,
    Path out,
    RunDirectory.Existing existing,
    List<String> arguments,
    long seed,
    String product) {
  /** Copies the collections. */
  public InfectRequest {
    settings = Map.copyOf(settings);
    arguments = List.copyOf(arguments);
  }

  /** The same, whatever was begun. */
  public InfectRequest startingOver() {
    return new InfectRequest(
        attack,
        settings,
        architecture,
        preprocessing,
        images,
        watched,
        test,
        training,
        secondsBetweenStates,
        elements,
        layout,
        out,
        RunDirectory.Existing.OVERWRITE,
        arguments,
        seed,
        product);
  }

  /** The folder beside the model that an unfinished training is kept in. */
  public Path folder() {
    return out.resolveSibling(out.getFileName() + ".run");
  }

  /** A file beside the model, called as it is but for its ending. */
  public Path beside(String ending) {
    String name = String.valueOf(out.getFileName());
    int dot = name.lastIndexOf('.');
    return out.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
  }
}

// Python with the book's package, ready to run cells: in a worker of the page, and under Node for the tests.
export async function boot(pyodide, program, tell) {
  await pyodide.loadPackage("rnntutor", { messageCallback() {} });
  const cell = pyodide.runPython(`
import logging, sys, types
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
cell = types.ModuleType("page_cell")
exec(program, cell.__dict__)
cell.tell = tell
cell.prepare()
cell`, { globals: pyodide.toPy({ program, tell }) });
  // Gives null, or the name of an error and where it arose.
  return (source, name) => cell.run(source, name)?.toJs() ?? null;
}

// A form with survey-core: the file of the form and the file of the changes are the arguments. One piece of work is one change, the next in turn, after
// which visibility, computed values and the validation of what changed are up to date, as the library does it by itself at every change.
const fs = require('fs');
const { Model } = require('survey-core');
const survey = new Model(JSON.parse(fs.readFileSync(process.argv[2])));
const changes = JSON.parse(fs.readFileSync(process.argv[3]));
let next = 0;
const visible = () => survey.getAllQuestions().filter(q => q.isVisible && q.page.isVisible && q.name !== 'fee').map(q => q.name);
require('./turns')(() => {
  const { Name, Value } = changes[next++ % changes.length];
  const question = survey.getQuestionByName(Name);
  question.value = Value;
}, () => JSON.stringify({ visible: visible(), fee: survey.getValue('fee'), wrong: survey.getAllQuestions().filter(q => q.errors.length > 0).map(q => q.name) }));

/* The page on which services are written: line numbers, Tab, Ctrl+S, and no text lost on the way to another file. Everything works without it. */
document.addEventListener('DOMContentLoaded',()=>{
  const form=document.querySelector('[data-editor-form]');if(!form)return;
  let dirty=!!form.querySelector('[data-kept]'),leaving=false;
  const kept=dirty;
  form.addEventListener('input',()=>{dirty=true});
  form.addEventListener('submit',()=>{leaving=true});
  document.addEventListener('keydown',e=>{if((e.ctrlKey||e.metaKey)&&e.key.toLowerCase()==='s'){e.preventDefault();form.requestSubmit()}});
  // Whoever opens another file, or looks at what changes, has saved before.
  document.addEventListener('click',e=>{
    const a=e.target.closest('[data-files] a,.mistakes a');
    if(!a||!dirty||e.ctrlKey||e.metaKey||e.shiftKey||e.button)return;
    e.preventDefault();form.elements.dann.value=a.getAttribute('href');form.requestSubmit();
  });
  addEventListener('beforeunload',e=>{if(dirty&&!leaving)e.preventDefault()});
  const t=document.querySelector('[data-editor] textarea');if(!t)return;
  const nums=document.createElement('div'),marked=new Set((t.dataset.marked||'').split(' ')),line=Number(t.dataset.line||0);
  const spot='editor:'+location.pathname+':'+form.elements.datei.value,first=t.value;
  nums.className='nums';nums.setAttribute('aria-hidden','true');t.before(nums);
  let lines=0;
  const follow=()=>{nums.scrollTop=t.scrollTop};
  const count=()=>{
    const n=t.value.split('\n').length;if(n===lines)return;lines=n;
    nums.replaceChildren(...Array.from({length:n},(_,i)=>{const s=document.createElement('span');s.textContent=i+1;if(marked.has(String(i+1)))s.classList.add('wrong');if(i+1===line)s.classList.add('here');return s}));
    follow();
  };
  count();t.addEventListener('scroll',follow);
  t.addEventListener('input',count);form.addEventListener('input',()=>{dirty=kept||t.value!==first});
  // A link to a mistake leads to its line: it is selected and in sight.
  const at=n=>{const all=t.value.split('\n');let from=0;for(let i=0;i<n-1;i++)from+=all[i].length+1;return [from,from+(all[n-1]||'').length]};
  if(line>0&&line<=lines){
    const [from,to]=at(line);t.focus({preventScroll:true});t.setSelectionRange(from,to);
    t.scrollTop=Math.max(0,(line-5)*parseFloat(getComputedStyle(t).lineHeight));t.scrollLeft=0;t.scrollIntoView({block:'nearest'});
  }else try{
    const was=JSON.parse(sessionStorage.getItem(spot)||'null');sessionStorage.removeItem(spot);
    if(was&&!document.getElementById('fehler')){t.focus({preventScroll:true});t.setSelectionRange(was.from,was.to);t.scrollTop=was.top;scrollTo(0,was.page)}
  }catch{}
  form.addEventListener('submit',()=>{
    if(!form.elements.dann.value)try{sessionStorage.setItem(spot,JSON.stringify({from:t.selectionStart,to:t.selectionEnd,top:t.scrollTop,page:scrollY}))}catch{}
  });
  // Tab writes two blanks; after Esc it leads on, as everywhere else.
  let out=false;
  t.addEventListener('keydown',e=>{
    if(e.key==='Escape'){out=true;return}
    if(e.key!=='Tab'){if(e.key!=='Shift')out=false;return}
    if(out||e.shiftKey||e.ctrlKey||e.altKey||e.metaKey)return;
    e.preventDefault();
    if(!document.execCommand('insertText',false,'  ')){t.setRangeText('  ',t.selectionStart,t.selectionEnd,'end');t.dispatchEvent(new Event('input',{bubbles:true}))}
  });
  t.addEventListener('blur',()=>{out=false});
});

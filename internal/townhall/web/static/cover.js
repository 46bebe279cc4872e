/* Covering faces and plates: a rectangle is dragged over the photo and becomes a line of numbers in the field, which is what is sent. */
(()=>{
  const field=document.getElementById('flaechen'),set=document.querySelector('[data-cover]');if(!field||!set)return;
  const NS='http://www.w3.org/2000/svg',read=()=>field.value.split('\n').map(l=>l.match(/\d+/g)?.map(Number)).filter(n=>n?.length===4);
  const write=list=>{field.value=list.map(n=>n.join(' ')).join('\n')+(list.length?'\n':'');draw()};
  const chosen=()=>set.querySelector('[name=foto]:checked')?.value;
  const put=(svg,n,cls)=>{const r=document.createElementNS(NS,'rect');['x','y','width','height'].forEach((k,i)=>r.setAttribute(k,n[i]));r.setAttribute('class',cls);svg.append(r);return r};
  const draw=()=>set.querySelectorAll('.cover').forEach(c=>{const svg=c.querySelector('svg');svg.replaceChildren();c.classList.toggle('on',c.dataset.photo===chosen());if(c.dataset.photo===chosen())read().forEach(n=>put(svg,n,'hide'))});
  set.querySelectorAll('.cover svg').forEach(svg=>{
    let from,box;const {width:W,height:H}=svg.viewBox.baseVal;
    const at=e=>{const p=new DOMPoint(e.clientX,e.clientY).matrixTransform(svg.getScreenCTM().inverse());return[Math.max(0,Math.min(W,Math.round(p.x))),Math.max(0,Math.min(H,Math.round(p.y)))]};
    const area=to=>[Math.min(from[0],to[0]),Math.min(from[1],to[1]),Math.abs(to[0]-from[0]),Math.abs(to[1]-from[1])];
    svg.addEventListener('pointerdown',e=>{if(e.button)return;e.preventDefault();svg.setPointerCapture(e.pointerId);
      const radio=svg.closest('.cover-photo').querySelector('[type=radio]');if(!radio.checked){radio.checked=true;write([])}
      from=at(e);box=put(svg,[...from,0,0],'hide new')});
    svg.addEventListener('pointermove',e=>{if(!from)return;area(at(e)).forEach((v,i)=>box.setAttribute(['x','y','width','height'][i],v))});
    svg.addEventListener('pointerup',e=>{if(!from)return;const n=area(at(e));from=null;n[2]>3&&n[3]>3?write([...read(),n]):draw()});
    svg.addEventListener('pointercancel',()=>{from=null;draw()});
  });
  // The places belong to one photo: with another one they begin anew.
  let had=chosen();set.addEventListener('change',e=>{if(e.target.name==='foto'&&chosen()!==had){had=chosen();write([])}});
  field.addEventListener('input',draw);
  document.querySelector('[data-uncover]')?.addEventListener('click',()=>write(read().slice(0,-1)));
  draw();
})();
